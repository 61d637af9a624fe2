package io.ikigai.benchmarks;

import java.sql.SQLException;

/**
 * What a drained task costs the database and the process, and the connections that are
 * held.
 */
final class CostWorkloads implements WorkloadGroup {

	private static final Workload COMMITS = new Workload("drain, commits per task", "commits");

	private static final Workload WAL = new Workload("drain, WAL per task", "bytes");

	private static final Workload STATEMENTS = new Workload("drain, statements per task", "statements");

	private static final Workload ALLOCATED = new Workload("drain, allocated per task", "bytes");

	private static final Workload CONNECTIONS = new Workload("connections held", "connections");

	@Override
	public String name() {
		return "cost";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		try (QueueTeams teams = run.open(QueueContestant.all(), 1)) {
			for (QueueTeam team : teams.teams()) {
				drain(run, team);
			}
			teams.measure(COMMITS, (contestant) -> true, (team) -> measure(run, team));
		}
	}

	private double measure(BenchmarkRun run, QueueTeam team) throws Exception {
		BenchmarkServer server = run.server();
		int tasks = tasks(run, team);
		team.empty();
		team.fill("nothing", tasks);
		String lsn = server.query("postgres", "SELECT pg_current_wal_insert_lsn()");
		long statements = statements(server, team.database());
		double allocated = team.first().askNumber("allocated");
		team.drain("nothing", tasks);
		allocated = team.first().askNumber("allocated") - allocated;
		statements = statements(server, team.database()) - statements;
		String end = server.query("postgres", "SELECT pg_current_wal_flush_lsn()");
		String name = team.toString();
		run.results()
			.add(WAL, name,
					Double
						.parseDouble(server.query("postgres", "SELECT pg_wal_lsn_diff('%s', '%s')".formatted(end, lsn)))
							/ tasks);
		run.results().add(STATEMENTS, name, (double) statements / tasks);
		if (team.contestant().isJava()) {
			run.results().add(ALLOCATED, name, allocated / tasks);
		}
		run.results().add(CONNECTIONS, name, connections(server, team.database()));
		return Double.parseDouble(server.query("postgres", """
				SELECT coalesce(sum(count), 0) FROM pg_get_wal_stats('%s', '%s', true)
				WHERE "resource_manager/record_type" LIKE 'Transaction/COMMIT%%'""".formatted(lsn, end))) / tasks;
	}

	private double drain(BenchmarkRun run, QueueTeam team) throws Exception {
		team.empty();
		team.fill("nothing", tasks(run, team));
		return team.drain("nothing", tasks(run, team));
	}

	private static int tasks(BenchmarkRun run, QueueTeam team) {
		return run.arguments().tasks() / team.contestant().share();
	}

	static long statements(BenchmarkServer server, String database) throws SQLException {
		return Long.parseLong(server.query("postgres", """
				SELECT coalesce(sum(s.calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
				WHERE d.datname = '%s'""".formatted(database)));
	}

	static int connections(BenchmarkServer server, String database) throws SQLException {
		return Integer.parseInt(server.query("postgres",
				"SELECT count(*) FROM pg_stat_activity WHERE datname = '%s' AND backend_type = 'client backend'"
					.formatted(database)));
	}

}
