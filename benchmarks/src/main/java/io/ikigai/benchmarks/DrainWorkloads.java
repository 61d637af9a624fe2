package io.ikigai.benchmarks;

import java.util.List;

/**
 * Ready tasks, and a handler that does nothing: by one process, and by two.
 */
final class DrainWorkloads implements WorkloadGroup {

	private static final int WARM_UP = 4;

	private static final String ONE = "drain, 1 process";

	@Override
	public String name() {
		return "drain";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		measure(run, ONE, 1);
		measure(run, "drain, 2 processes", 2);
	}

	private void measure(BenchmarkRun run, String name, int processes) throws Exception {
		try (QueueTeams teams = run.open(QueueContestant.all(), processes)) {
			for (QueueTeam team : teams.teams()) {
				warmUp(run, team);
			}
			Workload workload = Workload.tasksPerSecond(name);
			teams.measure(workload, (contestant) -> true, (team) -> drain(run, team));
			if (processes == 1) {
				measureContractClaims(run, workload, teams);
			}
		}
	}

	/**
	 * On the table of the raw limit.
	 */
	private void measureContractClaims(BenchmarkRun run, Workload workload, QueueTeams teams) {
		if (!ContractClaims.available()) {
			run.note(workload, ContractClaims.NAME, "not run: there is no pgbench");
			return;
		}
		QueueTeam raw = teams.teams()
			.stream()
			.filter((team) -> team.contestant() == QueueContestant.RAW)
			.findFirst()
			.orElseThrow();
		run.measure(workload, List.of(ContractClaims.NAME), (name) -> {
			int tasks = run.arguments().tasks() / 10;
			raw.empty();
			raw.fill("nothing", tasks);
			return ContractClaims.drain(run.server(), raw.database(), tasks);
		});
	}

	/**
	 * So often that what is compiled last is compiled.
	 */
	static void warmUp(BenchmarkRun run, QueueTeam team) throws Exception {
		for (int i = 0; i < (team.contestant().isJava() ? WARM_UP : 1); i++) {
			drain(run, team);
		}
	}

	static double drain(BenchmarkRun run, QueueTeam team) throws Exception {
		int tasks = run.arguments().tasks() / team.contestant().share();
		team.empty();
		team.fill("nothing", tasks);
		return team.drain("nothing", tasks);
	}

	@Override
	public List<Goal> goals() {
		return List.of(Goal.timesTheBest(2, ONE, QueueContestant.peerNames()), Goal.timesAs(8, ONE, "db-scheduler"),
				Goal.timesAs(0.85, ONE, "raw SQL"));
	}

}
