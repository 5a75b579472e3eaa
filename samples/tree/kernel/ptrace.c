#include <linux/thread_info.h>

void ptrace_set_trace(struct task_struct *child)
{
	set_task_syscall_work(child, SYSCALL_TRACE);
}
