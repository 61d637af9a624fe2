package io.ikigai.benchmarks;

import java.util.List;

/**
 * The server's Unix socket beside TCP on loopback.
 */
final class SocketWorkloads implements WorkloadGroup {

	private static final String SOCKET = Results.OURS + ", Unix socket";

	@Override
	public String name() {
		return "socket";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		try (QueueTeams teams = run.open(List.of(QueueContestant.OURS), 1)) {
			teams.add(QueueContestant.OURS, SOCKET, 1, run.server()::socketUrl);
			for (QueueTeam team : teams.teams()) {
				enqueue(team, 16, 20_000);
				DrainWorkloads.warmUp(run, team);
			}
			teams.measure(Workload.tasksPerSecond("TCP and Unix socket: enqueue, 1 caller"), (contestant) -> true,
					(team) -> enqueue(team, 1, 3000));
			teams.measure(Workload.tasksPerSecond("TCP and Unix socket: enqueue, 16 callers"), (contestant) -> true,
					(team) -> enqueue(team, 16, 20_000));
			teams.measure(Workload.tasksPerSecond("TCP and Unix socket: drain"), (contestant) -> true,
					(team) -> DrainWorkloads.drain(run, team));
		}
	}

	private double enqueue(QueueTeam team, int callers, int tasks) throws Exception {
		team.prepare();
		return team.first().askNumber("enqueue " + callers + " " + tasks);
	}

}
