package io.ikigai.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A contestant's process: commands go to its standard input, a line each, and each is
 * answered by a line.
 */
final class WorkerProcess implements AutoCloseable {

	private final Process process;

	private final OutputStream commands;

	private final BufferedReader replies;

	private final Path log;

	WorkerProcess(List<String> command, String url, Path log) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(command)
			.redirectError(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
		builder.environment().put("BENCHMARK_DATABASE", url);
		this.process = builder.start();
		this.log = log;
		this.commands = this.process.getOutputStream();
		this.replies = new BufferedReader(new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
		reply("start");
	}

	/**
	 * Sends a command and waits for the answer.
	 */
	synchronized String ask(String command) throws IOException {
		this.commands.write((command + "\n").getBytes(StandardCharsets.UTF_8));
		this.commands.flush();
		return reply(command);
	}

	double askNumber(String command) throws IOException {
		return Double.parseDouble(ask(command));
	}

	private String reply(String command) throws IOException {
		String line = this.replies.readLine();
		if (line == null || !line.startsWith("ok")) {
			throw new IOException("'%s' was answered by '%s'; see %s".formatted(command, line, this.log));
		}
		return line.substring(2).strip();
	}

	/**
	 * The processor time it has used.
	 */
	Duration processorTime() {
		return this.process.info().totalCpuDuration().orElseThrow();
	}

	@Override
	public void close() throws IOException, InterruptedException {
		this.commands.close();
		if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
			this.process.destroyForcibly();
		}
	}

}
