#include <linux/thread_info.h>

void do_signal(struct pt_regs *regs)
{
	if (test_thread_flag(TIF_SIGPENDING))
		handle_signal(regs);
}
