package io.ikigai.benchmarks;

import java.util.List;

import io.ikigai.benchmarks.service.DocumentContestants;
import io.ikigai.benchmarks.service.Measured;

/**
 * Documents: twice as many as a drain has tasks.
 */
final class DocumentWorkloads implements WorkloadGroup {

	@Override
	public String name() {
		return "documents";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		int size = 2 * run.arguments().tasks();
		try (Services services = new Services(run, "documents");
				DocumentContestants documents = new DocumentContestants(services.url(), services.arguments(), size)) {
			run.measure(new Workload("documents, putAll of 1000", "documents/s"),
					List.of(new Measured("raw SQL, the same table", documents::insert),
							new Measured(Results.OURS, documents::putAll)),
					Measured::measure);
			documents.putAll();
			run.results()
				.add(new Workload("documents, embedAll of 1000", "documents/s"), Results.OURS, documents.embedAll());
			documents.analyze();
			services.settle();
			measure(run, "find by an indexed path, 8 threads", "queries/s",
					new Measured(Results.OURS, documents::find));
			measure(run, "full text, two words, 2 threads", "queries/s", new Measured(Results.OURS, documents::search));
			measure(run, "nearest of 64 numbers, 2 threads", "queries/s",
					new Measured(Results.OURS, documents::nearest));
			measure(run, "put, 8 threads", "documents/s", new Measured(Results.OURS, documents::put));
		}
	}

	private static void measure(BenchmarkRun run, String what, String unit, Measured ours) {
		run.measure(new Workload("%,d documents, ".formatted(2 * run.arguments().tasks()) + what, unit), List.of(ours),
				Measured::measure);
	}

}
