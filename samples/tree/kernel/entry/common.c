void irqentry_enter(struct pt_regs *regs)
{
}
