// pg-boss: four loops fetch 500 and complete them together, its fastest way; once a queue is empty its own workers take
// over, which are woken by notifications.
import { PgBoss } from "pg-boss";

const LOOPS = 4;

export async function open(connectionString, count, payload) {
	const boss = new PgBoss({ connectionString, max: 20, useListenNotify: true, supervise: false, schedule: false });
	boss.on("error", (error) => console.error(error));
	await boss.start();
	for (const queue of ["nothing", "traffic"]) {
		if (!(await boss.getQueue(queue))) {
			await boss.createQueue(queue, { notify: true });
		}
	}

	let wanted = false;
	const running = [];
	const listening = [];
	const handle = (queue, jobs) => queue === "nothing" && jobs.forEach((job) => count.add(job.data.sent));

	async function empty(queue) {
		while (wanted) {
			const jobs = await boss.fetch(queue, { batchSize: 500 });
			if (jobs.length === 0) {
				return;
			}
			handle(queue, jobs);
			await boss.complete(queue, jobs.map((job) => job.id));
		}
	}

	async function listen(queue) {
		if (!wanted) {
			return;
		}
		listening.push(queue);
		for (let i = 0; i < LOOPS; i++) {
			await boss.work(queue, { batchSize: 500, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 },
				async (jobs) => handle(queue, jobs));
		}
	}

	return {
		enqueue: (queue, data) => boss.send(queue, data),
		enqueueInBulk: (queue, tasks) => boss.insert(queue, Array.from({ length: tasks }, () => ({ data: payload() }))),
		async consume(queue) {
			wanted = true;
			running.push(Promise.all(Array.from({ length: LOOPS }, () => empty(queue))).then(() => listen(queue)));
		},
		async stop() {
			wanted = false;
			await Promise.all(running.splice(0));
			await Promise.all(listening.splice(0).map((queue) => boss.offWork(queue)));
		},
	};
}
