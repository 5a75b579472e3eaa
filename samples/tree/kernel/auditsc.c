#include <linux/thread_info.h>

void audit_alloc(struct task_struct *task)
{
	set_task_syscall_work(task, SYSCALL_AUDIT);
}
