package io.ikigai.benchmarks;

import java.util.List;

/**
 * Ready tasks, and a handler that writes one row in the transaction that completes its
 * task. No peer offers it.
 */
final class WriteWorkloads implements WorkloadGroup {

	private static final Workload WORKLOAD = Workload.tasksPerSecond("drain, one row written with each completion");

	private static final int WARM_UP = 3;

	private static final String IN_TRANSACTION = Results.OURS + ", ClaimMode.TRANSACTION";

	@Override
	public String name() {
		return "write";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		try (QueueTeams teams = run.open(List.of(QueueContestant.OURS, QueueContestant.RAW), 1)) {
			teams.add(QueueContestant.OURS, IN_TRANSACTION, 1);
			for (QueueTeam team : teams.teams()) {
				for (int i = 0; i < WARM_UP; i++) {
					drain(run, team);
				}
			}
			teams.measure(WORKLOAD, (contestant) -> true, (team) -> drain(run, team));
		}
	}

	private double drain(BenchmarkRun run, QueueTeam team) throws Exception {
		// Each has a commit of its own.
		int tasks = run.arguments().tasks() / 5;
		String queue = team.toString().equals(IN_TRANSACTION) ? "write_in_transaction" : "write";
		team.empty();
		team.fill(queue, tasks);
		return team.drain(queue, tasks);
	}

	@Override
	public List<Goal> goals() {
		return List.of(Goal.timesAs(0.7, WORKLOAD.name(), "raw SQL"));
	}

}
