package io.ikigai.platform.testservers;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.ikigai.platform.testing.Waits;

/**
 * A server that {@code test-server.sh} runs. The script, not this JVM, watches over the
 * server: it stops it and removes its data as soon as the pipe between the two closes,
 * which also happens when the JVM is killed. Thread-safe.
 */
final class ScriptedServer implements RunningServer {

	private final Process script;

	private final BufferedReader fromScript;

	private final BufferedWriter toScript;

	private final int port;

	private final String password;

	private final String description;

	/**
	 * Start a server and wait until clients may connect.
	 * @param server the server's name in the script
	 * @param way {@code packages} or {@code machine}
	 * @param disk the size of a disk of its own, as in {@code 256m}; none for the
	 * machine's disk
	 * @throws ServerUnavailableException when this way is not to be had on this machine
	 * @throws IllegalStateException when the server should start and does not
	 */
	ScriptedServer(String server, String way, String... disk) {
		try (InputStream text = ScriptedServer.class.getResourceAsStream("test-server.sh")) {
			Path file = Files.createTempFile("test-server", ".sh");
			try {
				Files.copy(text, file, StandardCopyOption.REPLACE_EXISTING);
				List<String> command = new ArrayList<>(List.of("bash", file.toString(), server, way));
				command.addAll(List.of(disk));
				this.script = new ProcessBuilder(command).redirectErrorStream(true).start();
				this.fromScript = this.script.inputReader(StandardCharsets.UTF_8);
				this.toScript = this.script.outputWriter(StandardCharsets.UTF_8);
				String[] ready = await("ready", server + " by way of " + way).split(" ", 4);
				this.port = Integer.parseInt(ready[1]);
				this.password = ready[2];
				this.description = ready[3] + " on port " + this.port;
			}
			finally {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			throw new ServerUnavailableException("bash and a temporary file are needed: " + ex.getMessage(), ex);
		}
	}

	@Override
	public String description() {
		return this.description;
	}

	@Override
	public String host() {
		return "127.0.0.1";
	}

	@Override
	public int port() {
		return this.port;
	}

	@Override
	public String password() {
		return this.password;
	}

	@Override
	public void stop(Shutdown shutdown) {
		command("stop " + shutdown.name().toLowerCase(Locale.ROOT));
	}

	@Override
	public void start() {
		command("start");
	}

	@Override
	public void freeze() {
		command("freeze");
	}

	@Override
	public void thaw() {
		command("thaw");
	}

	@Override
	public void fillDisk() {
		command("fill");
	}

	@Override
	public void clearDisk() {
		command("clear");
	}

	/**
	 * Has the script do something.
	 * @param command the command and its arguments
	 */
	synchronized void command(String command) {
		try {
			this.toScript.write(command + "\n");
			this.toScript.flush();
			await("done", command);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The script that runs the server has ended", ex);
		}
	}

	private String await(String answer, String purpose) throws IOException {
		StringBuilder said = new StringBuilder();
		String line;
		while ((line = this.fromScript.readLine()) != null) {
			if (line.startsWith(answer)) {
				return line;
			}
			if (line.startsWith("unavailable ")) {
				throw new ServerUnavailableException(line.substring("unavailable ".length()) + said);
			}
			said.append('\n').append(line);
		}
		throw new IllegalStateException("test-server.sh failed (" + purpose + "):" + said);
	}

	@Override
	public synchronized void close() {
		try {
			this.toScript.close();
			Waits.end(this.script);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
