/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * What `top` shows, on anything that takes text: a screen, or standard output. */
#ifndef WEIRCTL_VIEW_H
#define WEIRCTL_VIEW_H

#include "sample.h"

enum { VIEW_HISTORY = 256 };

/** Looks so far. */
struct view {
	const struct sample *before, *now;   /**< before may be NULL: no rates yet */
	double offered[VIEW_HISTORY], dropped[VIEW_HISTORY];   /**< frames a second, both sides, newest last */
	size_t history;
	const char *url;
	long interval_ms;
	const char *message;     /**< what went wrong with the last look, or "" */
	bool halted;
};

/** Add the rates between the last two looks to the history. */
void view_remember(struct view *v);

/** Where it is drawn. */
struct canvas {
	int width, height;
	bool utf8;
	void (*text)(void *ctx, enum ctl_colour colour, const char *text);
	void (*end_line)(void *ctx);
	void *ctx;
};
/** Draw at most height lines; lines may be longer than width, which the canvas cuts. */
void view_draw(const struct view *v, const struct canvas *to);

/** The same as a JSON object. */
json_t *view_json(const struct view *v);

#endif
