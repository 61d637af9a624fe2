package io.ikigai.benchmarks.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The same work in several threads at once.
 */
final class Callers {

	private Callers() {
	}

	/**
	 * Runs the work in each thread, and returns when all are done.
	 */
	static void run(int threads, Work work) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			Callable<Void> call = () -> {
				work.run();
				return null;
			};
			List<Future<Void>> running = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				running.add(executor.submit(call));
			}
			for (Future<Void> each : running) {
				each.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	/**
	 * What is done.
	 */
	interface Work {

		void run() throws Exception;

	}

}
