/* SPDX-License-Identifier: Apache-2.0 */
/** Operations of the firmware (docs/firmware.md, "Mail"): word 0, bits 7:0, of a message. */
#ifndef WEIR_LIBWEIR_OPS_H
#define WEIR_LIBWEIR_OPS_H

enum weir_op {
	WEIR_OP_HELLO = 1, WEIR_OP_GET, WEIR_OP_SET, WEIR_OP_SERIES, WEIR_OP_BOUNDS, WEIR_OP_ALARM, WEIR_OP_TOP, WEIR_OP_EXPORT,
	WEIR_OP_IMPORT, WEIR_OP_VETO, WEIR_OP_KEY, WEIR_OP_FORGET, WEIR_OP_BYE, WEIR_OP_MARK, WEIR_OP_WHY,
	WEIR_OP_BOUNDS_OF,
};

/** Of WEIR_OP_BOUNDS_OF: bounds in a message; where the series lies above the floor. */
enum { WEIR_BOUNDS_OF_MOST = 7, WEIR_BOUNDS_OF_SERIES_LSB = 18 };

#endif
