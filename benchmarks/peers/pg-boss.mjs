// pg-boss: four loops that fetch 500 and complete them together; while a queue is empty they wait for its notification,
// or for the poll.
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

	return {
		enqueue: (queue, data) => boss.send(queue, data),
		enqueueInBulk: (queue, tasks) => boss.insert(queue, Array.from({ length: tasks }, () => ({ data: payload() }))),
		async consume(queue) {
			for (let i = 0; i < LOOPS; i++) {
				await boss.work(queue, { batchSize: 500, pollingIntervalSeconds: 0.5 }, async (jobs) => {
					if (queue === "nothing") {
						jobs.forEach((job) => count.add(job.data.sent));
					}
				});
			}
		},
		async stop() {
			await boss.offWork("nothing");
			await boss.offWork("traffic");
		},
	};
}
