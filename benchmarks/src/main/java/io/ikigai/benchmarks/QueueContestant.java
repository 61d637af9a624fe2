package io.ikigai.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Who takes part in the workloads of task queues.
 *
 * @param name as in the results
 * @param worker what its process is told to be
 * @param share one in so many tasks of a drain is enough to measure it
 * @param tables what is emptied between two pieces
 */
record QueueContestant(String name, String worker, int share, String tables) {

	static final QueueContestant OURS = new QueueContestant(Results.OURS, "ikigai", 1,
			"task_queue, ikigai_task_claim, benchmark_written");

	/** Ours with many listeners and nothing to do. */
	static final QueueContestant OURS_IDLE = new QueueContestant(Results.OURS, "ikigai-idle", 1, "task_queue");

	static final QueueContestant RAW = new QueueContestant("raw SQL", "raw", 1, "task_queue, benchmark_written");

	static final QueueContestant DB_SCHEDULER = new QueueContestant("db-scheduler", "db-scheduler", 8,
			"scheduled_tasks");

	static final QueueContestant JOBRUNR = new QueueContestant("JobRunr", "jobrunr", 25, "jobrunr_jobs");

	static final QueueContestant GRAPHILE_WORKER = new QueueContestant("graphile-worker", "graphile-worker", 3,
			"graphile_worker._private_jobs");

	static final QueueContestant PG_BOSS = new QueueContestant("pg-boss", "pg-boss", 3, "pgboss.job");

	static final List<QueueContestant> PEERS = List.of(DB_SCHEDULER, JOBRUNR, GRAPHILE_WORKER, PG_BOSS);

	/** Where the script of those that are no Java is, seen from the repository's root. */
	static final Path SCRIPT = Path.of("benchmarks/peers/worker.mjs");

	static List<QueueContestant> all() {
		List<QueueContestant> all = new ArrayList<>(List.of(OURS, RAW));
		all.addAll(PEERS);
		return all;
	}

	static String[] peerNames() {
		return PEERS.stream().map(QueueContestant::name).toArray(String[]::new);
	}

	boolean isJava() {
		return this != GRAPHILE_WORKER && this != PG_BOSS;
	}

	/**
	 * Why it can't take part, or {@code null}.
	 */
	@Nullable String missing() {
		return (isJava() || Files.isDirectory(SCRIPT.resolveSibling("node_modules"))) ? null
				: "not run: needs Node.js and npm";
	}

	WorkerProcess start(BenchmarkRun run, String url) throws IOException {
		List<String> command = new ArrayList<>();
		if (isJava()) {
			command.addAll(java());
			command.add("--worker=" + this.worker);
			if (this == OURS || this == OURS_IDLE) {
				command.addAll(run.arguments().properties());
			}
		}
		else {
			command.addAll(List.of("node", SCRIPT.toString(), this.worker));
		}
		return new WorkerProcess(command, url, run.arguments().directory().resolve(this.worker + ".log"));
	}

	private static List<String> java() {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		String classPath = System.getProperty("java.class.path");
		return (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator))
				? List.of(java, "-Xmx1g", "-jar", classPath)
				: List.of(java, "-Xmx1g", "-cp", classPath, Benchmark.class.getName());
	}

	@Override
	public String toString() {
		return this.name;
	}

}
