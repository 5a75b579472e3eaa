#ifndef __ASM_SYSCALL_H
#define __ASM_SYSCALL_H

int syscall_get_nr(struct task_struct *task, struct pt_regs *regs);

#endif
