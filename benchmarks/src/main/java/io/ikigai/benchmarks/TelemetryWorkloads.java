package io.ikigai.benchmarks;

import java.util.List;

import io.ikigai.benchmarks.service.Measured;
import io.ikigai.benchmarks.service.TelemetryContestants;

/**
 * Telemetry beside COPY into the same table, and what a call costs its caller.
 */
final class TelemetryWorkloads implements WorkloadGroup {

	private static final Workload STORED = new Workload("telemetry, sustained on one connection", "rows/s");

	private static final Workload CALLER = new Workload("emit at the caller, a small record", "µs of CPU");

	@Override
	public String name() {
		return "telemetry";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		try (Services services = new Services(run, "telemetry");
				TelemetryContestants telemetry = new TelemetryContestants(services.url(), services.arguments())) {
			telemetry.callerMicros();
			telemetry.copied();
			run.measure(STORED,
					List.of(new Measured(Results.OURS, telemetry::stored), new Measured("raw COPY", telemetry::copied)),
					(contestant) -> {
						telemetry.clear();
						services.settle();
						return contestant.measure();
					});
			run.measure(CALLER, List.of(new Measured(Results.OURS, telemetry::callerMicros)), Measured::measure);
		}
	}

	@Override
	public List<Goal> goals() {
		return List.of(Goal.timesAs(0.8, STORED.name(), "raw COPY"), Goal.atMost(2, "µs", CALLER.name()));
	}

}
