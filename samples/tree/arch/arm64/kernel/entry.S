#include <asm/thread_info.h>

SYM_CODE_START_LOCAL(ret_to_user)
	ldr	x2, [tsk, #TSK_TI_FLAGS]
	tbnz	x2, #TIF_SYSCALL_TRACE, 1f
1:	ret
SYM_CODE_END(ret_to_user)
