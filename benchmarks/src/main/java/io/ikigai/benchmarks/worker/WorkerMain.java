package io.ikigai.benchmarks.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The process of one contestant.
 */
public final class WorkerMain {

	private WorkerMain() {
	}

	/**
	 * Runs a contestant until its standard input ends.
	 * @param name ikigai, ikigai-idle, raw, db-scheduler or jobrunr
	 * @param arguments properties for ours
	 * @throws IOException if the commands can't be read
	 */
	public static void run(String name, String[] arguments) throws IOException {
		PrintStream replies = System.out;
		// What libraries print must not be taken for a reply.
		System.setOut(System.err);
		HandlerCount count = new HandlerCount();
		try (QueueWorker worker = open(name, new WorkerDatabase(System.getenv("BENCHMARK_DATABASE")), count, arguments);
				BufferedReader commands = new BufferedReader(
						new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
			WorkerCommands executor = new WorkerCommands(worker, count);
			replies.println("ok");
			for (String line = commands.readLine(); line != null; line = commands.readLine()) {
				replies.println(reply(executor, line));
			}
		}
		catch (Exception ex) {
			ex.printStackTrace();
			replies.println("error " + ex);
		}
		// Some leave threads behind that are no daemons.
		System.exit(0);
	}

	private static String reply(WorkerCommands executor, String line) {
		try {
			return ("ok " + executor.run(line.split(" "))).strip();
		}
		catch (Exception ex) {
			ex.printStackTrace();
			return "error " + ex.toString().replace('\n', ' ');
		}
	}

	private static QueueWorker open(String name, WorkerDatabase database, HandlerCount count, String[] arguments)
			throws Exception {
		return switch (name) {
			case "ikigai" -> new IkigaiWorker(IkigaiWorker.Application.class, database, count, arguments);
			case "ikigai-idle" -> new IkigaiWorker(IkigaiWorker.IdleApplication.class, database, count, arguments);
			case "raw" -> new RawSqlWorker(database, count);
			case "db-scheduler" -> new DbSchedulerWorker(database, count);
			case "jobrunr" -> new JobRunrWorker(database, count);
			default ->
				throw new IllegalArgumentException("no such contestant: " + name + " " + Arrays.toString(arguments));
		};
	}

}
