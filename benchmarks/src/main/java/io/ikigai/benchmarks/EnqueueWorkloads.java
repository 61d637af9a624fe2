package io.ikigai.benchmarks;

import java.util.List;
import java.util.function.Predicate;

/**
 * Enqueueing: one caller, many, many with listeners attached, and in bulk; each with the
 * machine's flush and with one that takes 1 ms longer.
 */
final class EnqueueWorkloads implements WorkloadGroup {

	static final String SLOW = ", 1 ms flush";

	private static final String LISTENERS = "enqueue, 16 callers, listeners attached";

	private static final String MANY = "enqueue, 64 callers";

	private static final String BULK = "enqueue in bulk";

	@Override
	public String name() {
		return "enqueue";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		try (QueueTeams teams = run.open(QueueContestant.all(), 1)) {
			for (QueueTeam team : teams.teams()) {
				// Compiled code, open connections.
				team.first().ask("enqueue 16 " + share(team, 20_000));
				listened(team, 20_000);
			}
			measure(run, teams, "", 2000, 10_000, 30_000, run.arguments().tasks());
			run.server().slowFlush(true);
			measure(run, teams, SLOW, 800, 8000, 24_000, run.arguments().tasks() / 2);
		}
		finally {
			run.server().slowFlush(false);
		}
	}

	private void measure(BenchmarkRun run, QueueTeams teams, String flush, int few, int some, int many, int bulk) {
		Predicate<QueueContestant> all = (contestant) -> true;
		Predicate<QueueContestant> oursAndRaw = List.of(QueueContestant.OURS, QueueContestant.RAW)::contains;
		teams.measure(Workload.tasksPerSecond("enqueue, 1 caller" + flush), all, (team) -> enqueue(team, 1, few));
		teams.measure(Workload.tasksPerSecond("enqueue, 16 callers" + flush), all, (team) -> enqueue(team, 16, some));
		teams.measure(Workload.tasksPerSecond(LISTENERS + flush), all, (team) -> enqueueListened(team, some));
		teams.measure(Workload.tasksPerSecond(MANY + flush), oursAndRaw, (team) -> enqueue(team, 64, many));
		teams.measure(Workload.tasksPerSecond(BULK + flush), all, (team) -> {
			team.prepare();
			return team.first().askNumber("bulk nothing " + Math.max(1000, bulk / team.contestant().share()));
		});
	}

	private double enqueue(QueueTeam team, int callers, int tasks) throws Exception {
		team.prepare();
		return team.first().askNumber("enqueue " + callers + " " + share(team, tasks));
	}

	/**
	 * A quarter is enough to measure peers, which are slower.
	 */
	private static int share(QueueTeam team, int tasks) {
		return QueueContestant.PEERS.contains(team.contestant()) ? tasks / 4 : tasks;
	}

	/**
	 * The raw limit has no listener, and notifies nobody.
	 */
	private double enqueueListened(QueueTeam team, int tasks) throws Exception {
		if (team.contestant() == QueueContestant.RAW) {
			return enqueue(team, 16, tasks);
		}
		team.prepare();
		return listened(team, tasks);
	}

	private double listened(QueueTeam team, int tasks) throws Exception {
		team.first().ask("consume nothing");
		double rate = team.first().askNumber("enqueue 16 " + share(team, tasks));
		team.first().ask("stop");
		return rate;
	}

	@Override
	public List<Goal> goals() {
		return List.of(Goal.timesAs(0.85, LISTENERS + SLOW, "raw SQL"), Goal.timesAs(3, MANY, "raw SQL"),
				Goal.timesAs(3, MANY + SLOW, "raw SQL"), Goal.timesTheBest(1.3, BULK, QueueContestant.peerNames()),
				Goal.timesAs(0.9, BULK, "raw SQL"));
	}

}
