package io.ikigai.platform.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Runs PostgreSQL's programs in the embedded server's directory. They refuse to run as
 * root; root runs them in a user namespace of its own, in which it is not root but still
 * owns its files.
 */
final class ServerCommand {

	private static final Set<String> INHERITED = Set.of("PATH", "HOME", "TMPDIR", "TZ");

	private final Path directory;

	ServerCommand(Path directory) {
		this.directory = directory;
	}

	Result run(Path program, String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		if (isRoot()) {
			requireUserNamespaces();
			command.addAll(List.of("unshare", "--user"));
		}
		command.add(program.toString());
		command.addAll(List.of(arguments));
		return execute(command);
	}

	private boolean isRoot() throws IOException, InterruptedException {
		return userId().equals("0");
	}

	/**
	 * Returns the number of the user that this process runs as.
	 */
	String userId() throws IOException, InterruptedException {
		return execute(List.of("id", "-u")).output().strip();
	}

	private void requireUserNamespaces() throws InterruptedException {
		String problem;
		try {
			Result probe = execute(List.of("unshare", "--user", "true"));
			if (probe.successful()) {
				return;
			}
			problem = probe.output().strip();
		}
		catch (IOException ex) {
			problem = String.valueOf(ex.getMessage());
		}
		throw new EmbeddedPostgresException(
				"PostgreSQL refuses to run as root, and 'unshare --user', which gets around that, does not work here (%s)."
					.formatted(problem),
				"Run the application as another user, allow user namespaces (in Docker: a seccomp profile that permits "
						+ "unshare), or set ikigai.postgres.url or spring.datasource.url to a PostgreSQL.");
	}

	private Result execute(List<String> command) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder(command).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectInput(new File("/dev/null"));
		// The server outlives the application: none of its secrets, no PG* variables
		builder.environment().keySet().retainAll(INHERITED);
		builder.environment().put("LC_ALL", "C");
		Process process = builder.start();
		try {
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			return new Result(process.waitFor(), output);
		}
		finally {
			process.destroy();
		}
	}

	/**
	 * How a program ended.
	 *
	 * @param status its exit status
	 * @param output what it wrote, standard error included
	 */
	record Result(int status, String output) {

		boolean successful() {
			return this.status == 0;
		}

	}

}
