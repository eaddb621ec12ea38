/* SPDX-License-Identifier: Apache-2.0 */
/* Start of the soft core, at 0: after power-on and after the watchdog alike, with the memory as it was. */
	.option norelax
	.option arch, +zicsr

	.section .start, "ax"
	.global _start
_start:
	/* No interrupt is ever taken: an enabled and pending one ends wfi, no more. */
	csrwi	mstatus, 0
	la	t0, trap
	csrw	mtvec, t0
	la	sp, __stack_top
	/* External interrupts, and of those the first (0xbc0: the core's own mask). */
	li	t0, 1 << 11
	csrw	mie, t0
	csrwi	0xbc0, 1

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
