// graphile-worker with the local queue preset: 500 jobs are fetched at a time, and completions are batched.
import { Logger, makeWorkerUtils, run } from "graphile-worker";

export async function open(connectionString, count, payload) {
	const logger = new Logger(() => () => {});
	const utils = await makeWorkerUtils({ connectionString, logger });
	await utils.migrate();
	let runner;

	return {
		enqueue: (queue, data) => utils.addJob(queue, data),
		enqueueInBulk: (queue, tasks) => utils.addJobs(Array.from({ length: tasks }, () => ({ identifier: queue, payload: payload() }))),
		async consume() {
			runner ??= await run({
				connectionString,
				logger,
				noHandleSignals: true,
				preset: {
					worker: { concurrentJobs: 24, maxPoolSize: 20, localQueue: { size: 500 }, completeJobBatchDelay: 0 },
				},
				taskList: {
					nothing: async (data) => count.add(data.sent),
					traffic: async () => {},
				},
			});
		},
		async stop() {
			await runner?.stop();
			runner = undefined;
		},
	};
}
