/** Processor time that this process has spent, in milliseconds: unlike a clock it stands still while others have the processor. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
