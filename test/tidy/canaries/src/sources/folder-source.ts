export const folderSource = 'what stands in the room itself';
