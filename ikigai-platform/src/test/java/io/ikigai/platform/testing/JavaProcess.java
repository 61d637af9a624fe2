package io.ikigai.platform.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A JVM beside that of the test, which may be killed, frozen and told to end. It gets
 * commands on its standard input, one a line, and answers with lines that begin with
 * {@code >}; all else that it writes is passed on. It should end when its standard input
 * ends, as it does however the test's JVM ends.
 */
public class JavaProcess implements AutoCloseable {

	private static final String ENDED = "ended";

	private final Process process;

	private final Writer commands;

	private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

	/**
	 * Starts a JVM with the class path of this one.
	 * @param main the class whose {@code main} is run
	 * @param arguments the arguments of {@code main}
	 * @param environment further environment variables
	 */
	public JavaProcess(Class<?> main, List<String> arguments, Map<String, String> environment) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		List<String> options = ClassArchive.MODULE.options();
		command.add("-Xmx128m");
		command.addAll(options);
		command.add(main.getName());
		command.addAll(arguments);
		ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
		builder.environment().put("CLASSPATH", ClassArchive.MODULE.classPath());
		builder.environment().putAll(environment);
		try {
			this.process = builder.start();
			ClassArchive.MODULE.makeAfter(this.process, options);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.commands = this.process.outputWriter();
		Thread reader = new Thread(this::read, "answers");
		reader.setDaemon(true);
		reader.start();
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

	/**
	 * Writes an answer to the test, from inside the process.
	 * @param answer what {@link #await} gets
	 */
	public static void answer(String answer) {
		synchronized (System.out) {
			System.out.println("> " + answer);
			System.out.flush();
		}
	}

	/**
	 * Gives the process a command.
	 * @param command one line
	 * @return this process, for {@link #await}
	 */
	public JavaProcess tell(String command) {
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
	 * @param word how the answer begins
	 * @return the whole answer
	 */
	public String await(String word) {
		String answer = Waits.next("the answer " + word, this.answers);
		assertThat(answer).startsWith(word);
		return answer;
	}

	/**
	 * Returns its number in the operating system.
	 */
	public long pid() {
		return this.process.pid();
	}

	/**
	 * Kills it, as {@code kill -9} does, and waits until it has gone.
	 */
	public void kill() {
		this.process.destroyForcibly();
		Waits.end(this.process);
	}

	/**
	 * Tells it to end in good order, as {@code kill} and a deployment do, and waits until
	 * it has ended.
	 * @return its exit code
	 */
	public int terminate() {
		signal("-TERM");
		return Waits.end(this.process);
	}

	/**
	 * Takes the processor from it. Its connections stay open.
	 */
	public void freeze() {
		signal("-STOP");
	}

	/**
	 * Lets a frozen process go on.
	 */
	public void thaw() {
		signal("-CONT");
	}

	private void signal(String signal) {
		try {
			Process kill = new ProcessBuilder("kill", signal, String.valueOf(this.process.pid())).inheritIO().start();
			assertThat(Waits.end(kill)).isZero();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Kills it if it still runs, frozen or not.
	 */
	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
