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
	/* A reset leaves 0 there. Who comes with what is set below has jumped here: a lost return address, a call of nothing. It
	   would start anew and kick the watchdog for ever, and nobody would be told. The bit is of an interrupt that does not exist. */
	csrr	t0, mie
	bnez	t0, astray
	csrwi	mie, 8

	la	t0, __bss_start
	la	t1, __bss_end
1:	bgeu	t0, t1, 2f
	sw	zero, 0(t0)
	addi	t0, t0, 4
	j	1b
2:	call	weir_main
	/* It never comes back. */
	j	2b

astray:
	li	a0, 0x11
	mv	a1, ra
	j	weir_trap

	/* The stack may be what went wrong: begin it anew. */
	.balign	4
trap:
	la	sp, __stack_top
	csrr	a0, mcause
	csrr	a1, mepc
	j	weir_trap
