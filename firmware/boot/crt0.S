/* SPDX-License-Identifier: Apache-2.0 */
/* Start of the soft core, at 0: after power-on and after the watchdog alike, with the memory as it was. */
	.option norelax
	.option arch, +zicsr

	.section .start, "ax"
	.global _start
_start:
	/* No interrupt is ever taken: one that is pending ends the sleep, no more. */
	csrwi	mstatus, 0
	la	t0, trap
	csrw	mtvec, t0
	la	sp, __stack_top
	csrw	mie, zero

	la	t0, __bss_start
	la	t1, __bss_end
1:	bgeu	t0, t1, 2f
	sw	zero, 0(t0)
	addi	t0, t0, 4
	j	1b
2:	call	weir_main
	/* It never comes back. */
	j	2b

	/* The stack may be what went wrong: begin it anew. */
	.balign	4
trap:
	la	sp, __stack_top
	csrr	a0, mcause
	csrr	a1, mepc
	j	weir_trap
