package io.ikigai.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a drain changes with the number of processes and with the size of payloads.
 */
final class SizingWorkloads implements WorkloadGroup {

	/** Text that does not compress, made of digests of 32 characters. */
	private static final String FILL = """
			INSERT INTO task_queue (id, queue_name, payload, enqueued_by)
			SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'benchmark-nothing',
				jsonb_build_object('sent', 0, 'url', 'https://example.org/', 'text',
					(SELECT string_agg(md5(i || ' ' || d), '') FROM generate_series(1, %d) AS d)), 'sizing'
			FROM generate_series(1, %d) AS i""";

	/** Digests in a payload, and one task in how many is enough. */
	private static final Map<Integer, Integer> PAYLOADS = new TreeMap<>(Map.of(5, 1, 64, 2, 512, 10));

	@Override
	public String name() {
		return "sizing";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		for (int processes : new int[] { 1, 2, 4 }) {
			try (QueueTeams teams = run.open(List.of(QueueContestant.OURS), processes)) {
				QueueTeam team = teams.teams().get(0);
				DrainWorkloads.warmUp(run, team);
				teams.measure(
						Workload.tasksPerSecond("sizing: drain by %d process%s of 16 workers".formatted(processes,
								(processes > 1) ? "es" : "")),
						(contestant) -> true, (each) -> DrainWorkloads.drain(run, each));
				if (processes == 1) {
					for (Map.Entry<Integer, Integer> payload : PAYLOADS.entrySet()) {
						teams.measure(
								Workload.tasksPerSecond(
										"sizing: drain of payloads of %,d B".formatted(payload.getKey() * 32)),
								(contestant) -> true, (each) -> drain(run, each, payload.getKey(), payload.getValue()));
					}
				}
			}
		}
	}

	private double drain(BenchmarkRun run, QueueTeam team, int digests, int share) throws Exception {
		int tasks = run.arguments().tasks() / share;
		team.empty();
		run.server().execute(team.database(), FILL.formatted(digests, tasks));
		run.server().settle(team.database());
		return team.drain("nothing", tasks);
	}

}
