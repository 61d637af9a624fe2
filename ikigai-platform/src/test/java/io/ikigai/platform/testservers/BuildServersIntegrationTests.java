package io.ikigai.platform.testservers;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The servers that a build lends to its test JVMs, seen by further JVMs of this build.
 * Run alone, outside a build, each JVM starts a server of its own, which the tests allow.
 */
class BuildServersIntegrationTests {

	private final List<Process> jvms = new ArrayList<>();

	@AfterEach
	void endJvms() {
		this.jvms.forEach(Process::destroyForcibly);
	}

	@Test
	void lendsAServerToOneJvmAtATime() throws IOException {
		String first = borrow();
		String second = borrow();
		assertThat(first).startsWith("redis://").isNotEqualTo(second);
		assertThat(RedisServer.shared().url()).isNotIn(first, second);
	}

	@Test
	void startsAnotherServerForAJvmWithoutABuild() throws IOException {
		assertThat(borrow("")).startsWith("redis://").isNotEqualTo(RedisServer.shared().url());
		assertThat(borrow(new File("no-such-file").getAbsolutePath())).startsWith("redis://");
	}

	private String borrow() throws IOException {
		return borrow(System.getProperty(BuildServers.PROPERTY, ""));
	}

	private String borrow(String servers) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx32m", "-cp",
						System.getProperty("java.class.path")));
		if (!servers.isEmpty()) {
			command.add("-D" + BuildServers.PROPERTY + "=" + servers);
		}
		command.add(Borrower.class.getName());
		Process jvm = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		this.jvms.add(jvm);
		BufferedReader output = jvm.inputReader();
		return output.readLine();
	}

	/**
	 * Another JVM that uses the shared Redis, tells where it is, and waits to be killed.
	 */
	static final class Borrower {

		public static void main(String[] args) throws IOException {
			System.out.println(RedisServer.shared().url());
			System.in.read();
		}

	}

}
