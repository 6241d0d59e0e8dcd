import type { Device } from './device.ts';
import type { FaultName } from './swarm.ts';
import type { World } from './world.ts';

/** Plans the faults that strike devices, the relay and whole connections; single frames are the network's to damage. */
export function planFaults(world: World, phaseMs: number): void {
  const { timeline, schedule, swarm, devices, counters } = world;

  function plan(fault: FaultName, most: number, strike: (device: Device) => boolean): void {
    if (!swarm.faults.has(fault)) {
      return;
    }
    for (let count = 1 + schedule.below(most); count > 0; count--) {
      const device = schedule.pick(devices);
      timeline.after(schedule.between(1_000, phaseMs - 1_000), () => {
        if (strike(device)) {
          counters.hit(`fault ${fault}`);
          world.trace.note(`fault ${fault} ${device.index}`);
        }
      });
    }
  }

  const restartSoon = (device: Device): void => {
    timeline.after(schedule.between(50, 15_000), () => device.start());
  };

  plan('device_crash', 3, (device) => {
    const isUp = device.process !== undefined;
    device.crash();
    restartSoon(device);
    return isUp;
  });
  plan('device_crash_in_transaction', 4, (device) => arm(world, device, true));
  plan('device_disk_error', 3, (device) => arm(world, device, false));
  plan('relay_crash', 2, () => crashRelay(world));
  plan('relay_crash_in_transaction', 3, () => {
    world.relay.arm(1 + schedule.below(60), { isFatal: true, where: 'anywhere' });
    timeline.after(schedule.between(5_000, 20_000), () => world.relay.start());
    return true;
  });
  plan('relay_disk_error', 3, () => {
    world.relay.arm(1 + schedule.below(20), { isFatal: false, where: 'in_transaction' });
    return true;
  });
  plan('half_open', 2, (device) => {
    world.network.freeze(device.index);
    return false;
  });
  plan('cut', 3, (device) => {
    world.network.cut(device.index);
    return true;
  });
  plan('partition_up', 2, (device) => {
    world.network.partition(device.index, 'up', schedule.between(1_000, 40_000));
    return false;
  });
  plan('partition_down', 2, (device) => {
    world.network.partition(device.index, 'down', schedule.between(1_000, 40_000));
    return false;
  });
  plan('clock_skew', 2, (device) => {
    device.skewMs = schedule.between(-3_600_000, 3_600_000);
    return true;
  });
}

/** The device's store fails at some operation from now; the process that dies of it starts again later. */
function arm({ timeline, schedule }: World, device: Device, isFatal: boolean): boolean {
  const store = device.process?.store;
  store?.arm(1 + schedule.below(150), { isFatal, where: 'anywhere' });
  timeline.after(schedule.between(5_000, 25_000), () => device.start());
  return store !== undefined;
}

function crashRelay({ timeline, schedule, relay }: World): boolean {
  const isUp = relay.isUp;
  if (isUp) {
    relay.crash();
  }
  timeline.after(schedule.between(50, 20_000), () => relay.start());
  return isUp;
}
