package io.ikigai.benchmarks.worker;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import com.sun.management.ThreadMXBean;

/**
 * The commands that a worker's process understands: words of one line in, one line out.
 */
final class WorkerCommands {

	private final QueueWorker worker;

	private final HandlerCount count;

	private volatile AtomicBoolean traffic = new AtomicBoolean();

	WorkerCommands(QueueWorker worker, HandlerCount count) {
		this.worker = worker;
		this.count = count;
	}

	String run(String[] words) throws Exception {
		return switch (words[0]) {
			case "enqueue" -> enqueue(number(words[1]), number(words[2]));
			case "bulk" -> bulk(queue(words[1]), number(words[2]));
			case "consume" -> done(() -> this.worker.consume(queue(words[1])));
			case "stop" -> done(this.worker::stop);
			case "reset" -> done(this.count::reset);
			case "handled" -> this.count.count() + " " + this.count.first() + " " + this.count.last();
			case "together" -> text(this.worker.produceAndConsume(Duration.ofSeconds(number(words[1])), this.count));
			case "send" -> done(() -> send(number(words[1]), number(words[2])));
			case "latencies" -> this.count.latencies().stream().map(String::valueOf).collect(Collectors.joining(" "));
			case "traffic" -> done(() -> traffic(number(words[1])));
			case "allocated" -> String.valueOf(allocatedBytes());
			default -> throw new IllegalArgumentException("no such command: " + words[0]);
		};
	}

	private String enqueue(int callers, int tasks) throws Exception {
		long began = System.nanoTime();
		Callers.run(callers, () -> {
			for (int i = 0; i < tasks / callers; i++) {
				this.worker.enqueue(Consumption.NOTHING, Payload.plain());
			}
		});
		return text((tasks / callers * callers) / seconds(began));
	}

	private String bulk(Consumption queue, int tasks) throws Exception {
		long began = System.nanoTime();
		this.worker.enqueueInBulk(queue, tasks);
		return text(tasks / seconds(began));
	}

	private void send(int tasks, int gapMillis) throws Exception {
		for (int i = 0; i < tasks; i++) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(gapMillis));
			this.worker.enqueue(Consumption.NOTHING, Payload.sentNow());
		}
	}

	/**
	 * Traffic from four threads until told otherwise; 0 ends it.
	 */
	private void traffic(int perSecond) {
		this.traffic.set(false);
		if (perSecond == 0) {
			return;
		}
		AtomicBoolean wanted = new AtomicBoolean(true);
		this.traffic = wanted;
		int threads = 4;
		long gap = TimeUnit.SECONDS.toNanos(threads) / perSecond;
		for (int i = 0; i < threads; i++) {
			Thread thread = new Thread(() -> {
				long next = System.nanoTime();
				while (wanted.get()) {
					next = Math.max(next + gap, System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
					LockSupport.parkNanos(next - System.nanoTime());
					try {
						this.worker.enqueue(Consumption.TRAFFIC, Payload.plain());
					}
					catch (Exception ex) {
						throw new IllegalStateException(ex);
					}
				}
			}, "traffic");
			thread.setDaemon(true);
			thread.start();
		}
	}

	private long allocatedBytes() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long sum = 0;
		for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
			sum += Math.max(bytes, 0);
		}
		return sum;
	}

	private static String done(Callers.Work work) throws Exception {
		work.run();
		return "";
	}

	private static Consumption queue(String word) {
		return Consumption.valueOf(word.toUpperCase(Locale.ROOT));
	}

	private static int number(String word) {
		return Integer.parseInt(word);
	}

	private static double seconds(long began) {
		return (System.nanoTime() - began) / 1e9;
	}

	private static String text(double value) {
		return String.format(Locale.ROOT, "%.3f", value);
	}

}
