// The names that Python itself defines (3.11 to 3.14); a test compares them with the interpreter that runs it.

const TEXT = `
ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError
BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception ExceptionGroup
False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError
ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError
MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError OSError
OverflowError PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError RecursionError
ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning
SystemError SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError
UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError
abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright
credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash
help hex id input int isinstance issubclass iter len license list locals map max memoryview min next object oct open
ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type
vars zip`;

const OF_MODULES = `__annotations__ __build_class__ __builtins__ __cached__ __debug__ __dict__ __doc__ __file__
__import__ __loader__ __name__ __package__ __path__ __spec__ _ WindowsError`;

export const BUILTINS = new Set(TEXT.trim().split(/\s+/));
export const GIVEN = new Set([...BUILTINS, ...OF_MODULES.split(/\s+/)]);
export const OF_CLASSES = ["__module__", "__qualname__", "__classdict__", "__firstlineno__", "__static_attributes__"];
export const KEYWORDS = `and as assert async await break case class continue def del elif else except finally for from
global if import in is lambda match nonlocal not or pass raise return try while with yield`.split(/\s+/);
