#ifndef __LINUX_ENTRYCOMMON_H
#define __LINUX_ENTRYCOMMON_H

#include <linux/thread_info.h>

#include <asm/entry-common.h>
#include <asm/syscall.h>

#define SYSCALL_WORK_ENTER	(SYSCALL_WORK_SECCOMP | SYSCALL_WORK_SYSCALL_TRACE)

static inline long syscall_trace_enter(struct pt_regs *regs, unsigned long work)
{
	if (work & SYSCALL_WORK_SECCOMP)
		return secure_computing();

	return syscall_get_nr(current, regs);
}

static inline long syscall_enter_from_user_mode_work(struct pt_regs *regs, long syscall)
{
	unsigned long work = READ_ONCE(current_thread_info()->syscall_work);

	if (work & SYSCALL_WORK_ENTER)
		syscall = syscall_trace_enter(regs, work);

	return syscall;
}

#endif
