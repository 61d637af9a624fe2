package io.ikigai.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/**
 * The same drain with something beside it: many finished tasks, many that wait, a
 * transaction of somebody else that stays open.
 */
final class BesideWorkloads implements WorkloadGroup {

	private static final Workload WORKLOAD = Workload.tasksPerSecond("drain, with something beside");

	private static final String FINISHED = Results.OURS + ", finished tasks beside";

	private static final String PENDING = Results.OURS + ", tasks pending in another queue";

	private static final String SCHEDULED = Results.OURS + ", tasks scheduled for tomorrow";

	private static final String FOREIGN = Results.OURS + ", a foreign transaction left open";

	private static final String HISTORY = """
			INSERT INTO task_queue (id, queue_name, payload, enqueued_by, created_at, scheduled_for, claimed_by,
				claimed_at, completed_at)
			SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '%s',
				jsonb_build_object('sent', 0, 'url', 'https://example.org/', 'text', repeat('x', 145)), 'history',
				past, past + %s, %s
			FROM generate_series(1, %d) AS i, LATERAL (SELECT now() - interval '2 hours' + i * interval '1 ms' AS past)
			""";

	@Override
	public String name() {
		return "beside";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		int many = run.arguments().tasks() * 50;
		int some = run.arguments().tasks() * 10;
		try (QueueTeams teams = run.open(List.of(QueueContestant.OURS), 1)) {
			fill(run, teams, FINISHED,
					HISTORY.formatted("benchmark-nothing", "interval '0'", "'history', past, past", many));
			fill(run, teams, PENDING,
					HISTORY.formatted("benchmark-elsewhere", "interval '0'", "NULL, NULL, NULL", some));
			fill(run, teams, SCHEDULED,
					HISTORY.formatted("benchmark-nothing", "interval '1 day'", "NULL, NULL, NULL", some));
			QueueTeam foreign = teams.add(QueueContestant.OURS, FOREIGN, 1);
			for (QueueTeam team : teams.teams()) {
				drain(run, team);
			}
			try (Connection connection = open(run.server(), foreign.database())) {
				teams.measure(WORKLOAD, (contestant) -> true, (team) -> drain(run, team));
				run.results().note(WORKLOAD, FINISHED, String.format(Locale.ROOT, "%,d finished", many));
				run.results().note(WORKLOAD, PENDING, String.format(Locale.ROOT, "%,d pending", some));
				run.results().note(WORKLOAD, SCHEDULED, String.format(Locale.ROOT, "%,d scheduled", some));
				connection.rollback();
			}
		}
	}

	private void fill(BenchmarkRun run, QueueTeams teams, String name, String sql) throws Exception {
		QueueTeam team = teams.add(QueueContestant.OURS, name, 1);
		run.server().execute(team.database(), sql);
		run.server().settle(team.database());
		run.progress("filled " + name);
	}

	/**
	 * Has an id of its own and a snapshot, so that nothing that dies from now on can be
	 * removed.
	 */
	private Connection open(BenchmarkServer server, String database) throws SQLException {
		Connection connection = server.connect(database);
		connection.setAutoCommit(false);
		connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
		connection.createStatement().execute("SELECT pg_current_xact_id()");
		return connection;
	}

	private double drain(BenchmarkRun run, QueueTeam team) throws Exception {
		// What is beside stays; what was drained stays with everybody.
		team.fill("nothing", run.arguments().tasks());
		return team.drain("nothing", run.arguments().tasks());
	}

	@Override
	public List<Goal> goals() {
		return List.of(Goal.shareOf(0.95, WORKLOAD.name(), FINISHED), Goal.shareOf(0.8, WORKLOAD.name(), FOREIGN));
	}

}
