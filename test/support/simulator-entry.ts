// The simulator in a process of its own; its options are the first argument, as JSON. It ends when its standard input does,
// so that none is left behind when a test run is killed.
import { runSimulatorProcess, type SimulatorProcessOptions } from '../../src/simulator/main.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as SimulatorProcessOptions;
const stop = new AbortController();
process.stdin.on('end', () => stop.abort()).resume();
process.once('SIGTERM', () => stop.abort());
await runSimulatorProcess(options, (address) => process.stdout.write(`${JSON.stringify(address)}\n`), stop.signal);
process.exit(0);
