package io.ikigai.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * pgbench with the claim that any program may run, one task at a time, and its
 * completion.
 */
final class ContractClaims {

	static final String NAME = "pgbench, the plain-SQL worker's claim";

	private static final int CLIENTS = 8;

	private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");

	private static final String SCRIPT = """
			UPDATE task_queue SET claimed_by = 'pgbench', claimed_at = now()
			WHERE id = (SELECT id FROM task_queue WHERE queue_name = 'NOTHING' AND claimed_by IS NULL
				AND scheduled_for <= now() ORDER BY priority DESC, created_at FOR UPDATE SKIP LOCKED LIMIT 1)
			RETURNING id \\gset
			UPDATE task_queue SET completed_at = now() WHERE id = ':id';
			""";

	private ContractClaims() {
	}

	static boolean available() {
		return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, "pgbench")));
	}

	/**
	 * Claims and completes tasks.
	 * @return tasks per second
	 */
	static double drain(BenchmarkServer server, String database, int tasks) throws IOException, InterruptedException {
		Path script = Files.createTempFile("claim", ".sql");
		try {
			Files.writeString(script, SCRIPT);
			Process process = new ProcessBuilder(List.of("pgbench", "--no-vacuum", "--client=" + CLIENTS, "--jobs=2",
					"--transactions=" + tasks / CLIENTS, "--file=" + script, server.url(database)))
				.redirectErrorStream(true)
				.start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			Matcher rate = RATE.matcher(output);
			if (process.waitFor() != 0 || !rate.find()) {
				throw new IOException("pgbench: " + output.strip());
			}
			return Double.parseDouble(rate.group(1));
		}
		finally {
			Files.delete(script);
		}
	}

}
