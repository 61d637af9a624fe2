package io.ikigai.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.ikigai.benchmarks.worker.WorkerMain;

/**
 * Measures the groups of workloads one after the other, on a PostgreSQL of its own with
 * durable settings, and writes the results as Markdown and as JSON. Each contestant runs
 * in processes of its own, and all take turns.
 */
public final class Benchmark {

	private static final String WORKER = "--worker=";

	private Benchmark() {
	}

	/**
	 * Runs the benchmark.
	 * @param args see {@link BenchmarkArguments}; {@code --worker=name} makes it the
	 * process of one contestant
	 * @throws Exception if the server or a contestant can't be had
	 */
	public static void main(String[] args) throws Exception {
		if (args.length > 0 && args[0].startsWith(WORKER)) {
			WorkerMain.run(args[0].substring(WORKER.length()), Arrays.copyOfRange(args, 1, args.length));
			return;
		}
		List<WorkloadGroup> groups = groups();
		BenchmarkArguments arguments;
		try {
			arguments = BenchmarkArguments.parse(args, groups.stream().map(WorkloadGroup::name).toList());
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.exit(2);
			return;
		}
		Results results = new Results();
		List<Goal> goals = new ArrayList<>();
		Report report = new Report(arguments, results, goals);
		try (BenchmarkServer server = BenchmarkServer.start(arguments.directory())) {
			report.serverVersion(server.version());
			BenchmarkRun run = new BenchmarkRun(server, arguments, results);
			for (WorkloadGroup group : groups) {
				if (arguments.wants(group.name())) {
					run.progress("== " + group.name());
					goals.addAll(group.goals());
					group.run(run);
					report.write();
				}
			}
		}
		System.out.println(report.markdown());
	}

	/**
	 * What is measured. A new group is one class and its place here.
	 */
	private static List<WorkloadGroup> groups() {
		return List.of(new EnqueueWorkloads(), new DrainWorkloads(), new WriteWorkloads(), new TogetherWorkloads(),
				new PickUpWorkloads(), new BesideWorkloads(), new SocketWorkloads(), new SizingWorkloads(),
				new CostWorkloads(), new IdleWorkloads(), new MailboxWorkloads(), new CacheWorkloads(),
				new PublishWorkloads(), new TelemetryWorkloads(), new DocumentWorkloads(), new InProcessWorkloads());
	}

}
