package io.ikigai.platform.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.testing.Waits;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A second JVM that runs {@link EmbeddedPostgresApplication}, in its own process group.
 */
final class ApplicationProcess implements AutoCloseable {

	private final Process process;

	private final BufferedReader output;

	ApplicationProcess(Path directory, int port) throws IOException {
		// setsid, so that a signal to the process group does not reach this JVM; a build
		// in the background ignores the interrupt, and what it starts would, too
		List<String> command = new ArrayList<>(List.of("setsid", "env", "--default-signal=INT"));
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx128m", EmbeddedPostgresApplication.class.getName(), directory.toString(),
				String.valueOf(port)));
		ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
		builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
		this.process = builder.start();
		this.output = this.process.inputReader();
	}

	/**
	 * Waits until it uses the server, and returns the server's port.
	 */
	int awaitReady() throws IOException {
		for (String line = this.output.readLine(); line != null; line = this.output.readLine()) {
			if (line.startsWith("ready ")) {
				return Integer.parseInt(line.substring("ready ".length()));
			}
		}
		throw new AssertionError("The application ended before it was ready; see standard error");
	}

	void end() throws IOException, InterruptedException {
		this.process.getOutputStream().close();
		awaitEnd();
	}

	void kill() throws InterruptedException {
		this.process.destroyForcibly();
		awaitEnd();
	}

	/**
	 * What Ctrl-C in a terminal does.
	 */
	void interruptProcessGroup() throws IOException, InterruptedException {
		Process kill = new ProcessBuilder("kill", "-INT", "--", "-" + this.process.pid()).inheritIO().start();
		assertThat(kill.waitFor()).isZero();
		awaitEnd();
	}

	private void awaitEnd() throws InterruptedException {
		Waits.end(this.process);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
