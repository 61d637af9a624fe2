// The process of one contestant: node worker.mjs graphile-worker|pg-boss. Commands come on standard input, a line each,
// and each is answered by a line, as in the Java class WorkerCommands.
import { createInterface } from "node:readline";

const name = process.argv[2];
// What libraries print must not be taken for a reply.
const reply = (line) => process.stdout.write(line + "\n");
console.log = console.info = console.error;

// Microseconds since 1970 on the clock that processes of one machine share. performance.now() has microseconds, and
// its distance to that clock is taken anew now and then.
let offset = performance.timeOrigin;
setInterval(() => (offset = measureOffset()), 1000).unref();
function measureOffset() {
	// Just after the millisecond has changed.
	const before = Date.now();
	let now = before;
	while (now === before) {
		now = Date.now();
	}
	return now - performance.now();
}
const nowMicros = () => Math.round((offset + performance.now()) * 1000);

const count = {
	handled: 0, first: 0, last: 0, latencies: [],
	add(sent) {
		const now = nowMicros();
		if (this.handled++ === 0) {
			this.first = now;
		}
		this.last = now;
		if (sent) {
			this.latencies.push(now - sent);
		}
	},
	reset() {
		this.handled = this.first = this.last = 0;
		this.latencies = [];
	},
};

const payload = (sent = 0) => ({ sent, url: "https://example.org/", text: "x".repeat(145) });
const later = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
const seconds = (began) => (performance.now() - began) / 1000;

const { open } = await import(name === "pg-boss" ? "./pg-boss.mjs" : "./graphile-worker.mjs");
const worker = await open(process.env.BENCHMARK_DATABASE, count, payload);
let traffic = { wanted: false };

const commands = {
	async enqueue(callers, tasks) {
		const began = performance.now();
		const each = Math.floor(tasks / callers);
		await Promise.all(Array.from({ length: callers }, async () => {
			for (let i = 0; i < each; i++) {
				await worker.enqueue("nothing", payload());
			}
		}));
		return (each * callers) / seconds(began);
	},
	async bulk(queue, tasks) {
		const began = performance.now();
		for (let from = 0; from < tasks; from += 1000) {
			await worker.enqueueInBulk(queue, Math.min(1000, tasks - from));
		}
		return tasks / seconds(began);
	},
	consume: (queue) => worker.consume(queue),
	stop: () => worker.stop(),
	reset: () => count.reset(),
	handled: () => `${count.handled} ${count.first} ${count.last}`,
	async send(tasks, gap) {
		for (let i = 0; i < tasks; i++) {
			await later(Number(gap));
			await worker.enqueue("nothing", payload(nowMicros()));
		}
	},
	latencies: () => count.latencies.join(" "),
	traffic(perSecond) {
		traffic.wanted = false;
		if (Number(perSecond) === 0) {
			return;
		}
		const own = (traffic = { wanted: true });
		for (let i = 0; i < 4; i++) {
			(async () => {
				const began = performance.now();
				for (let sent = 0; own.wanted;) {
					if (sent < (seconds(began) * perSecond) / 4) {
						sent++;
						await worker.enqueue("traffic", payload());
					} else {
						await later(1);
					}
				}
			})();
		}
	},
	allocated: () => 0,
};

reply("ok");
for await (const line of createInterface({ input: process.stdin })) {
	const [command, ...words] = line.split(" ");
	try {
		const result = await commands[command](...words);
		reply(result === undefined ? "ok" : `ok ${result}`);
	} catch (error) {
		console.error(error);
		reply("error " + String(error).replaceAll("\n", " "));
	}
}
traffic.wanted = false;
await worker.stop();
process.exit(0);
