package io.ikigai.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.ikigai.benchmarks.inprocess.InProcessBenchmarks;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What happens within the process, by JMH.
 */
final class InProcessWorkloads implements WorkloadGroup {

	private static final String EMIT = "emit, by JMH";

	private static final Map<String, String> NAMES = Map.of("readPayload", "a task's payload read as a record, by JMH",
			"emit", EMIT, "nearHit", "near cache hit, by JMH");

	@Override
	public String name() {
		return "inprocess";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		try (Services services = new Services(run, "inprocess")) {
			System.setProperty("benchmark.url", services.url());
			Collection<RunResult> results = new Runner(
					new OptionsBuilder().include(InProcessBenchmarks.class.getSimpleName())
						.forks(0)
						.warmupIterations(3)
						.warmupTime(TimeValue.seconds(1))
						.measurementIterations(run.arguments().rounds())
						.measurementTime(TimeValue.seconds(1))
						.verbosity(VerboseMode.SILENT)
						.build())
				.run();
			for (RunResult result : results) {
				String label = result.getPrimaryResult().getLabel();
				Workload workload = new Workload(NAMES.getOrDefault(label, label), "µs");
				result.getAggregatedResult()
					.getIterationResults()
					.forEach((iteration) -> run.results()
						.add(workload, Results.OURS, iteration.getPrimaryResult().getScore() / 1000));
			}
		}
	}

	@Override
	public List<Goal> goals() {
		return List.of(Goal.atMost(2, "µs", EMIT));
	}

}
