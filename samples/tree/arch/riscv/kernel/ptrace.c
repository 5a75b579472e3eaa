#include <linux/entry-common.h>

void ptrace_disable(struct task_struct *child)
{
	clear_task_syscall_work(child, SYSCALL_TRACE);
}
