#ifndef _ASM_RISCV_THREAD_INFO_H
#define _ASM_RISCV_THREAD_INFO_H

struct thread_info {
	unsigned long	flags;
	unsigned long	syscall_work;	/* SYSCALL_WORK_ flags */
};

#define TIF_NEED_RESCHED	0
#define TIF_SIGPENDING		1

#define _TIF_NEED_RESCHED	(1 << TIF_NEED_RESCHED)
#define _TIF_SIGPENDING		(1 << TIF_SIGPENDING)

#endif
