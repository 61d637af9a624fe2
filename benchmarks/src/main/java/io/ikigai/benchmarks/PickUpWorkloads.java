package io.ikigai.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * From the call that enqueues a task on an idle queue to the handler's first line in
 * another process; with nothing else to do, and beside other traffic.
 */
final class PickUpWorkloads implements WorkloadGroup {

	private static final int SAMPLES = 300;

	private static final int WARM_UP = 2000;

	private static final int GAP_MILLIS = 10;

	/** With a tenth of the samples, those of one round span the longest poll interval. */
	private static final int POLLED_GAP_MILLIS = 333;

	private static final int TRAFFIC_PER_SECOND = 2000;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final String IDLE = "pick-up in another process";

	private static final String BUSY = "pick-up in another process, beside 2,000 tasks/s";

	@Override
	public String name() {
		return "pickup";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		List<QueueContestant> contestants = QueueContestant.all()
			.stream()
			.filter((contestant) -> contestant != QueueContestant.RAW)
			.toList();
		try (QueueTeams teams = run.open(contestants, 2)) {
			for (QueueTeam team : teams.teams()) {
				// So many that what is compiled last is compiled
				samples(team, false, WARM_UP, 2);
			}
			measureFloor(run);
			measure(run, teams, IDLE, false);
			measure(run, teams, BUSY, true);
		}
	}

	/**
	 * What one statement takes when the machine has done nothing for a moment. A pick-up
	 * is an insert, a notification and a claim, one after the other.
	 */
	private void measureFloor(BenchmarkRun run) throws SQLException {
		try (Connection connection = run.server().connect("postgres");
				Statement statement = connection.createStatement()) {
			statement.execute("CREATE TABLE IF NOT EXISTS floor AS SELECT 1 AS n");
			run.measure(new Workload("one statement after 10 ms of nothing, p50", "ms"),
					List.of("SELECT 1", "SELECT pg_notify('floor', '')", "UPDATE floor SET n = n + 1"),
					(sql) -> median(statement, sql));
		}
	}

	private double median(Statement statement, String sql) throws SQLException {
		double[] millis = new double[SAMPLES];
		for (int i = 0; i < SAMPLES; i++) {
			LockSupport.parkNanos(Duration.ofMillis(GAP_MILLIS).toNanos());
			long began = System.nanoTime();
			statement.execute(sql);
			millis[i] = (System.nanoTime() - began) / 1e6;
		}
		Arrays.sort(millis);
		return millis[SAMPLES / 2];
	}

	private void measure(BenchmarkRun run, QueueTeams teams, String name, boolean traffic) {
		Workload p99 = new Workload(name + ", p99", "ms");
		teams.measure(new Workload(name + ", p50", "ms"),
				(contestant) -> !traffic || contestant != QueueContestant.JOBRUNR, (team) -> {
					team.prepare();
					boolean polls = team.contestant() == QueueContestant.JOBRUNR
							|| team.contestant() == QueueContestant.DB_SCHEDULER;
					double[] millis = polls ? samples(team, traffic, SAMPLES / 10, POLLED_GAP_MILLIS)
							: samples(team, traffic, SAMPLES, GAP_MILLIS);
					run.results().add(p99, team.toString(), millis[(int) Math.ceil(millis.length * 0.99) - 1]);
					return millis[millis.length / 2];
				});
	}

	private double[] samples(QueueTeam team, boolean traffic, int samples, int gapMillis) throws Exception {
		team.last().ask("reset");
		team.last().ask("consume nothing");
		if (traffic) {
			team.last().ask("consume traffic");
			team.first().ask("traffic " + TRAFFIC_PER_SECOND);
		}
		// Who has just begun to listen is not idle yet.
		LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
		team.first().ask("send " + samples + " " + gapMillis);
		if (traffic) {
			team.first().ask("traffic 0");
		}
		awaitHandled(team.last(), samples);
		String[] micros = team.last().ask("latencies").split(" ");
		team.last().ask("stop");
		return Arrays.stream(micros).mapToDouble((each) -> Long.parseLong(each) / 1000.0).sorted().toArray();
	}

	private void awaitHandled(WorkerProcess process, int samples) throws IOException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (Integer.parseInt(process.ask("handled").split(" ")[0]) < samples) {
			if (System.nanoTime() > deadline) {
				throw new IOException("not all of %d tasks were handled within %s".formatted(samples, PATIENCE));
			}
			LockSupport.parkNanos(20_000_000);
		}
	}

	@Override
	public List<Goal> goals() {
		return List.of(Goal.atMost(0.8, "ms", IDLE + ", p50"), Goal.atMost(3, "ms", IDLE + ", p99"),
				Goal.timesTheShortest(0.3, IDLE + ", p50", QueueContestant.peerNames()),
				Goal.timesTheShortest(0.3, IDLE + ", p99", QueueContestant.peerNames()));
	}

}
