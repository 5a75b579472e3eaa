#include <linux/thread_info.h>

void seccomp_assign_mode(struct task_struct *task)
{
	set_task_syscall_work(task, SECCOMP);
}
