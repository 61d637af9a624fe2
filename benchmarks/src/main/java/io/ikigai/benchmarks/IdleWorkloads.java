package io.ikigai.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A process with 300 listeners that have nothing to do.
 */
final class IdleWorkloads implements WorkloadGroup {

	private static final Workload PROCESSOR = new Workload("idle, 300 listeners: share of a core", "%");

	private static final Workload STATEMENTS = new Workload("idle, 300 listeners: statements", "per second");

	private static final Workload LISTENING = new Workload("idle, 300 listeners: LISTEN connections", "connections");

	private static final Workload CONNECTIONS = new Workload("idle, 300 listeners: all connections", "connections");

	private static final Duration CALM = Duration.ofSeconds(40);

	private static final Duration MEASURED = Duration.ofSeconds(10);

	@Override
	public String name() {
		return "idle";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		try (QueueTeams teams = run.open(List.of(QueueContestant.OURS_IDLE), 1)) {
			// What belongs to the start is over then.
			LockSupport.parkNanos(CALM.toNanos());
			teams.measure(PROCESSOR, (contestant) -> true, (team) -> measure(run, team));
		}
	}

	private double measure(BenchmarkRun run, QueueTeam team) throws Exception {
		BenchmarkServer server = run.server();
		long statements = CostWorkloads.statements(server, team.database());
		Duration processor = team.first().processorTime();
		long began = System.nanoTime();
		LockSupport.parkNanos(MEASURED.toNanos());
		processor = team.first().processorTime().minus(processor);
		double seconds = (System.nanoTime() - began) / 1e9;
		statements = CostWorkloads.statements(server, team.database()) - statements;
		run.results().add(STATEMENTS, team.toString(), statements / seconds);
		run.results()
			.add(LISTENING, team.toString(), Double.parseDouble(server.query("postgres",
					"SELECT count(*) FROM pg_stat_activity WHERE datname = '%s' AND application_name = 'ikigai-listen'"
						.formatted(team.database()))));
		run.results().add(CONNECTIONS, team.toString(), CostWorkloads.connections(server, team.database()));
		return processor.toNanos() / 1e9 / seconds * 100;
	}

	@Override
	public List<Goal> goals() {
		return List.of(Goal.atMost(1, "connections", LISTENING.name()), Goal.atMost(0.5, "%", PROCESSOR.name()),
				Goal.atMost(1, "per second", STATEMENTS.name()));
	}

}
