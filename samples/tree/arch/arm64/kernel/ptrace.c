#include <linux/thread_info.h>

int syscall_trace_enter(struct pt_regs *regs)
{
	unsigned long flags = read_thread_flags();

	if (flags & _TIF_SYSCALL_TRACE)
		return report_syscall_entry(regs);
	if (flags & _TIF_SECCOMP)
		return secure_computing();
	if (flags & _TIF_SYSCALL_AUDIT)
		audit_syscall_entry(regs);
	return 0;
}
