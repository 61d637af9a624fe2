package io.ikigai.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;

/**
 * What the run was made on.
 */
final class Machine {

	private Machine() {
	}

	static String describe() {
		OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		return "%d × %s, %d GB, %s %s".formatted(system.getAvailableProcessors(), processor(),
				system.getTotalMemorySize() >> 30, system.getName(), system.getVersion());
	}

	private static String processor() {
		Path description = Path.of("/proc/cpuinfo");
		if (Files.isReadable(description)) {
			try (Stream<String> lines = Files.lines(description)) {
				return lines.filter((line) -> line.startsWith("model name"))
					.findFirst()
					.map((line) -> line.substring(line.indexOf(':') + 1).strip())
					.orElse(System.getProperty("os.arch"));
			}
			catch (IOException ex) {
				return System.getProperty("os.arch") + " (" + ex.getMessage() + ")";
			}
		}
		return System.getProperty("os.arch");
	}

}
