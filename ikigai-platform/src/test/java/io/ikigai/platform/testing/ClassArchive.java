package io.ikigai.platform.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * An archive of loaded classes (application class-data sharing) for the JVMs that tests
 * start: with it each takes two fifths less processor time. The first such JVM of a
 * module's integration tests records what classes it loads, and when it has ended the
 * archive is made in the background. The JDK archives classes of jars only, so the jars
 * that Maven has just packaged stand for the folders of classes; a JVM that is not part
 * of a build has no archive.
 */
final class ClassArchive {

	/** Of the module whose tests run. */
	static final ClassArchive MODULE = find();

	private static final List<String> OPTIONS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

	private final String classPath;

	/** Where the archive is; {@code null} without one. */
	private final @Nullable Path file;

	private ClassArchive(String classPath, @Nullable Path file) {
		this.classPath = classPath;
		this.file = file;
	}

	private static ClassArchive find() {
		String classPath = System.getProperty("java.class.path");
		String jars = System.getProperty("ikigai.test.jars");
		Path target = (jars != null) ? Path.of(jars).getParent() : null;
		if (target == null || !isPackaged(target.resolve("classes"), jars + ".jar")
				|| !isPackaged(target.resolve("test-classes"), jars + "-tests.jar")) {
			return new ClassArchive(classPath, null);
		}
		List<String> entries = new ArrayList<>();
		for (String entry : classPath.split(File.pathSeparator)) {
			Path path = Path.of(entry);
			if (path.equals(target.resolve("classes"))) {
				entries.add(jars + ".jar");
			}
			else if (path.equals(target.resolve("test-classes"))) {
				entries.add(jars + "-tests.jar");
			}
			else if (!entry.endsWith(".pom")) {
				entries.add(entry);
			}
		}
		// Of these very jars: the JVM refuses an archive of others
		int version = entries.stream().map((entry) -> new File(entry).lastModified()).toList().hashCode();
		return new ClassArchive(String.join(File.pathSeparator, entries),
				target.resolve("forked-" + Integer.toHexString(version) + ".jsa"));
	}

	// Not if the classes were compiled again since.
	private static boolean isPackaged(Path classes, String jar) {
		try (Stream<Path> files = Files.walk(classes)) {
			FileTime packaged = Files.getLastModifiedTime(Path.of(jar));
			for (Path file : (Iterable<Path>) files::iterator) {
				if (Files.getLastModifiedTime(file).compareTo(packaged) > 0) {
					return false;
				}
			}
			return true;
		}
		catch (NoSuchFileException ex) {
			return false;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String classPath() {
		return this.classPath;
	}

	/**
	 * Returns the options for the next JVM.
	 */
	List<String> options() {
		List<String> options = new ArrayList<>(OPTIONS);
		if (this.file != null && Files.exists(this.file)) {
			options.add("-XX:SharedArchiveFile=" + this.file);
		}
		else if (this.file != null && isFirst()) {
			options.add(recording());
		}
		return options;
	}

	// One of several test JVMs.
	private boolean isFirst() {
		try {
			Path first = Files.createFile(beside(".first"));
			String version = first.getFileName().toString().replace(".first", "");
			for (File old : first.getParent().toFile().listFiles((folder, name) -> name.startsWith("forked-"))) {
				if (!old.getName().startsWith(version)) {
					old.delete();
				}
			}
			return true;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String recording() {
		return "-XX:DumpLoadedClassList=" + beside(".classes");
	}

	private Path beside(String suffix) {
		return Path.of(this.file.toString().replace(".jsa", suffix));
	}

	/**
	 * Makes the archive when a JVM has ended, if it recorded its classes.
	 * @param jvm the JVM
	 * @param options its options
	 */
	void makeAfter(Process jvm, List<String> options) {
		if (this.file != null && options.contains(recording())) {
			jvm.onExit().thenRun(this::make);
		}
	}

	private void make() {
		Path unfinished = beside(".new");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(OPTIONS);
		command.addAll(List.of("-XX:ArchiveClassesAtExit=" + unfinished, ClassArchive.class.getName(),
				beside(".classes").toString()));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(beside(".log").toFile());
		builder.environment().put("CLASSPATH", this.classPath);
		try {
			builder.start().onExit().thenRun(() -> publish(unfinished));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void publish(Path unfinished) {
		try {
			Files.move(unfinished, this.file, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			System.out.println("No archive of classes, see " + beside(".log") + ": " + ex);
		}
	}

	/**
	 * Loads the recorded classes; the JVM archives them at its end.
	 * @param arguments the file with their names
	 */
	public static void main(String... arguments) throws IOException {
		try (Stream<String> lines = Files.lines(Path.of(arguments[0]))) {
			lines.filter((line) -> !line.startsWith("@") && !line.startsWith("#")).forEach(ClassArchive::load);
		}
	}

	private static void load(String line) {
		try {
			Class.forName(line.split(" ")[0].replace('/', '.'), false, ClassArchive.class.getClassLoader());
		}
		catch (ClassNotFoundException | LinkageError ex) {
			// Generated, or not to be loaded by its name: the JVM loads it without the
			// archive
		}
	}

}
