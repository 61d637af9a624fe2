package io.ikigai.benchmarks.service;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The same work again and again, for some time, in several threads.
 */
public final class Throughput {

	private static final long NANOS = 2_000_000_000L;

	private Throughput() {
	}

	/**
	 * Runs the work for two seconds.
	 * @param threads in how many threads
	 * @param work the work
	 * @return how often it ran
	 * @throws Exception what the work throws
	 */
	public static long count(int threads, Work work) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			long end = System.nanoTime() + NANOS;
			List<Future<Long>> running = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				running.add(executor.submit(() -> {
					long times = 0;
					while (System.nanoTime() - end < 0) {
						work.run();
						times++;
					}
					return times;
				}));
			}
			long times = 0;
			for (Future<Long> each : running) {
				times += each.get();
			}
			return times;
		}
		finally {
			executor.shutdownNow();
		}
	}

	/**
	 * Runs the work for two seconds.
	 * @param threads in how many threads
	 * @param work the work
	 * @return how often it ran in a second
	 * @throws Exception what the work throws
	 */
	public static double perSecond(int threads, Work work) throws Exception {
		long begun = System.nanoTime();
		return count(threads, work) / seconds(begun);
	}

	/**
	 * Returns how long it is ago, in seconds.
	 * @param nanoTime since when
	 * @return the seconds
	 */
	public static double seconds(long nanoTime) {
		return (System.nanoTime() - nanoTime) / 1e9;
	}

	/**
	 * What is done.
	 */
	public interface Work {

		/**
		 * Does it once.
		 * @throws Exception if it can't be done
		 */
		void run() throws Exception;

	}

}
