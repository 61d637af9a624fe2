package io.ikigai.sample.webapp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskQuery;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * How the queues stand.
 */
@Component
class QueueReader {

	static final String AREA = "queues";

	private static final int MOST_AT_WORK = 100;

	private final Platform platform;

	private final Readings readings;

	QueueReader(Platform platform, Readings readings) {
		this.platform = platform;
		this.readings = readings;
	}

	Reading.Known<List<Depth>> depths() {
		return this.readings.get("depths", AREA,
				() -> this.platform.queues()
					.stream()
					.sorted()
					.map((name) -> depth(this.platform.queue(name)))
					.toList());
	}

	Reading.Known<Depth> depth(String name) {
		return this.readings.get("depth " + name, AREA, () -> depth(this.platform.queue(name)));
	}

	private static Depth depth(TaskQueue queue) {
		QueueStats stats = queue.stats();
		return new Depth(queue.name(), stats.ready(), stats.scheduled(), stats.claimed(), stats.completed(),
				stats.failed(), (stats.oldestReadyAge() != null) ? stats.oldestReadyAge().toSeconds() : null,
				queue.paused());
	}

	/**
	 * The tasks that somebody is working on, of all queues that can tell.
	 */
	Reading.Known<List<TaskInfo>> atWork() {
		return this.readings.get("at-work", AREA, () -> {
			List<TaskInfo> tasks = new ArrayList<>();
			for (String name : this.platform.queues()) {
				try {
					tasks.addAll(this.platform.queue(name)
						.find(TaskQuery.all().withState(TaskState.CLAIMED).withLimit(MOST_AT_WORK))
						.tasks());
				}
				catch (UnsupportedOperationException ex) {
					// This queue's backend keeps no list
				}
			}
			tasks.sort(Comparator.comparing(TaskInfo::createdAt).reversed());
			return tasks;
		});
	}

	/**
	 * A queue's counts.
	 *
	 * @param oldestSeconds how long the oldest ready task has waited
	 * @param paused whether no process claims from it
	 */
	record Depth(String name, long ready, long scheduled, long claimed, long completed, long failed,
			@Nullable Long oldestSeconds, boolean paused) {

		public long count(TaskState state) {
			return switch (state) {
				case READY -> this.ready;
				case SCHEDULED -> this.scheduled;
				case CLAIMED -> this.claimed;
				case COMPLETED -> this.completed;
				case FAILED -> this.failed;
				case CANCELLED -> 0;
			};
		}

		public long total() {
			return this.ready + this.scheduled + this.claimed + this.completed + this.failed;
		}

		/**
		 * Where the part of a state begins and how long it is in a bar of 1,000.
		 */
		public List<Part> parts() {
			List<Part> parts = new ArrayList<>();
			double all = Math.max(1, total());
			double x = 0;
			for (TaskState state : List.of(TaskState.COMPLETED, TaskState.CLAIMED, TaskState.READY, TaskState.SCHEDULED,
					TaskState.FAILED)) {
				double width = (count(state) > 0) ? Math.max(6, count(state) / all * 1000) : 0;
				parts.add(new Part(state, Math.round(x), Math.round(width)));
				x += width;
			}
			return parts;
		}

	}

	/**
	 * A part of the bar.
	 */
	record Part(TaskState state, long x, long width) {
	}

}
