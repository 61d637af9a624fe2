package io.ikigai.platform.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An {@link AgentApplication} in a JVM of its own, which may be killed and frozen.
 */
final class AgentProcess implements AutoCloseable {

	private static final String ENDED = "ended";

	private final Process process;

	private final Writer commands;

	private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

	private AgentProcess(Process process) {
		this.process = process;
		this.commands = process.outputWriter();
		Thread reader = new Thread(this::read, "answers");
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Starts the agent; it is there once it {@link #await(String) answers} {@code ready}.
	 */
	static AgentProcess start(PostgresDatabase database, String name, String... properties) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
		command.add(AgentApplication.class.getName());
		command.addAll(LocalAgent.arguments(database, name, properties));
		ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
		builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
		return new AgentProcess(builder.start());
	}

	private void read() {
		try (BufferedReader output = this.process.inputReader()) {
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				if (line.startsWith("> ")) {
					this.answers.add(line.substring(2));
				}
				else {
					System.out.println(line);
				}
			}
		}
		catch (IOException ex) {
			// It was killed.
		}
		this.answers.add(ENDED);
	}

	AgentProcess tell(String command) {
		try {
			this.commands.write(command + "\n");
			this.commands.flush();
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Waits for its next answer, which must begin with that word.
	 * @return the whole answer
	 */
	String await(String word) throws InterruptedException {
		String answer = Waits.next("the answer: " + word, this.answers);
		assertThat(answer).startsWith(word);
		return answer;
	}

	long pid() {
		return this.process.pid();
	}

	/**
	 * What {@code kill -9} does.
	 */
	void kill() throws InterruptedException {
		this.process.destroyForcibly();
		Waits.end(this.process);
	}

	void freeze() throws Exception {
		signal("-STOP");
	}

	void thaw() throws Exception {
		signal("-CONT");
	}

	private void signal(String signal) throws Exception {
		Process kill = new ProcessBuilder("kill", signal, String.valueOf(this.process.pid())).inheritIO().start();
		assertThat(kill.waitFor()).isZero();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
