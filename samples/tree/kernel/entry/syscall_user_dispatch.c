#include <linux/entry-common.h>

bool syscall_user_dispatch(struct pt_regs *regs)
{
	if (arch_syscall_is_vdso_sigreturn(regs))
		return false;

	return trigger_sigsys(regs);
}
