package io.ikigai.benchmarks;

import java.util.List;

/**
 * Two producers enqueue 500 at a time while the tasks are handled, for as long as it is
 * measured.
 */
final class TogetherWorkloads implements WorkloadGroup {

	private static final Workload WORKLOAD = Workload.tasksPerSecond("producers and consumers together");

	private static final int WARM_UP_SECONDS = 12;

	private static final int SECONDS = 8;

	@Override
	public String name() {
		return "together";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		try (QueueTeams teams = run.open(List.of(QueueContestant.OURS, QueueContestant.RAW), 1)) {
			for (QueueTeam team : teams.teams()) {
				team.prepare();
				team.first().ask("together " + WARM_UP_SECONDS);
			}
			teams.measure(WORKLOAD, (contestant) -> true, (team) -> {
				team.prepare();
				return team.first().askNumber("together " + SECONDS);
			});
		}
	}

	@Override
	public List<Goal> goals() {
		return List.of(Goal.timesAs(0.8, WORKLOAD.name(), "raw SQL"));
	}

}
